package conf

import (
	"os"
	"path/filepath"
	"strings"
)

// Options are what the files do not say. The zero value is usable.
type Options struct {
	// ConfigID is what "@id" is compared with and what ${_INSTANCE} is (keepalived's -i). Default the first part of the
	// host's name.
	ConfigID string
	// Read returns a file's text and Glob the paths that match a pattern of filepath.Match, for includes. Default the
	// operating system's.
	Read func(path string) ([]byte, error)
	Glob func(pattern string) ([]string, error)
	// MissingInclude makes an include without a file an error (keepalived's -e). Default a warning, unless the word is a stricter
	// one than include.
	MissingInclude bool
	// Statements bounds what the files may expand to. Default 1<<20.
	Statements int
}

const (
	maxStatements = 1 << 20
	maxBytes      = 64 << 20 // of expanded text
	maxLine       = 1 << 20  // of one line, after expansion
	maxDepth      = 64       // of blocks
	maxInclude    = 32       // files inside files
	maxExpand     = 64       // parameters inside parameters
)

func (o *Options) defaults() {
	if o.ConfigID == "" {
		name, err := os.Hostname()
		if err == nil {
			o.ConfigID, _, _ = strings.Cut(name, ".")
		}
	}
	if o.Read == nil {
		o.Read = os.ReadFile
	}
	if o.Glob == nil {
		o.Glob = filepath.Glob
	}
	if o.Statements == 0 {
		o.Statements = maxStatements
	}
}
