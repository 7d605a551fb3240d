package haproxy

// reservedFiles are the descriptors that are kept for anything but connections.
const reservedFiles = 64

// defaultMaxconn is how many client connections the limit of open files allows, each with one to a server; 0 is no limit
// (configuration.txt 3.2 "maxconn").
func defaultMaxconn() int {
	n := openFiles()
	if n == 0 {
		return 0
	}
	return max(1, (n-reservedFiles)/2)
}
