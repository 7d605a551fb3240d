// Package script runs the programs that a configuration names: as which user, with which rights, for how long. It decides
// nothing from what they say.
package script
