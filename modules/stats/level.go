package stats

// Level is what a connection to the stats socket may do (configuration.txt 5.1 "level").
type Level uint8

// The levels, from the least to the most powerful one.
const (
	User Level = iota + 1
	Operator
	Admin
)

// ParseLevel reads a level's name; the empty one is Operator, as in HAProxy.
func ParseLevel(name string) (Level, bool) {
	switch name {
	case "user":
		return User, true
	case "", "operator":
		return Operator, true
	case "admin":
		return Admin, true
	}
	return 0, false
}

// String is the level's name.
func (l Level) String() string {
	switch l {
	case User:
		return "user"
	case Operator:
		return "operator"
	case Admin:
		return "admin"
	}
	return "unknown"
}
