package acl

// Predefined tells whether name is an ACL that needs no `acl` line (configuration.txt 7.4).
func Predefined(name string) bool {
	_, ok := predefined[name]
	return ok
}
