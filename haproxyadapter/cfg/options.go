package cfg

import (
	"os"
	"strconv"
)

// DefaultVersion is the HAProxy version whose language this package speaks, for version_atleast() and version_before().
const DefaultVersion = "2.6.12"

// Options tells the lexer what it cannot know. The zero value and nil are usable.
type Options struct {
	// LookupEnv resolves environment variables. It is called when a line is read, so that setenv, presetenv, unsetenv
	// and resetenv of the lines before take effect. Default: os.LookupEnv. See Env for a changeable one.
	LookupEnv func(name string) (string, bool)
	// Version is compared by version_atleast() and version_before(). Default: DefaultVersion.
	Version string
	// Features answers feature(NAME): what "haproxy -vv" lists with a plus sign. Default: DefaultFeatures.
	Features map[string]bool
	// Enabled answers enabled(NAME), a predicate of HAProxy 2.9: a name that is not in the map is an error.
	Enabled map[string]bool
	// SSLLibrary answers ssllib_name_startswith(). Default: "OpenSSL".
	SSLLibrary string
	// SSLVersion answers openssl_version_atleast() and openssl_version_before(). Default: "3.0.22".
	SSLVersion string
	// IsSection tells whether a line's first word begins a section, so that the pseudo-variable .SECTION has a value.
	// Default: no word does, and .SECTION stays empty.
	IsSection func(word string) bool
	// FileDirective receives the #@ directives that belong to no line: those before a conditional or at a file's end.
	// Without it such a directive is an error.
	FileDirective func(Directive)
}

// DefaultFeatures is what feature() finds when Options.Features is nil: those of Debian's HAProxy 2.6 build that mean
// something to a configuration and that this program has an equivalent of.
var DefaultFeatures = map[string]bool{
	"ACCEPT4": true, "CRYPT_H": true, "EPOLL": true, "GETADDRINFO": true, "LIBCRYPT": true, "LINUX_SPLICE": true,
	"OPENSSL": true, "PCRE2": true, "POLL": true, "PROMEX": true, "RT": true, "SLZ": true, "SYSTEMD": true,
	"THREAD": true,
}

func (o *Options) env(name string) (string, bool) {
	if o != nil && o.LookupEnv != nil {
		return o.LookupEnv(name)
	}
	return os.LookupEnv(name)
}

func (o *Options) version() string {
	if o != nil && o.Version != "" {
		return o.Version
	}
	return DefaultVersion
}

func (o *Options) feature(name string) bool {
	if o != nil && o.Features != nil {
		return o.Features[name]
	}
	return DefaultFeatures[name]
}

func (o *Options) enabled(name string) (on, known bool) {
	if o != nil {
		on, known = o.Enabled[name]
	}
	return on, known
}

func (o *Options) sslLibrary() string {
	if o != nil && o.SSLLibrary != "" {
		return o.SSLLibrary
	}
	return "OpenSSL"
}

func (o *Options) sslVersion() string {
	if o != nil && o.SSLVersion != "" {
		return o.SSLVersion
	}
	return "3.0.22"
}

func (o *Options) isSection(word string) bool {
	return o != nil && o.IsSection != nil && o.IsSection(word)
}

// lookup resolves a name at the lexer's place, pseudo-variables included (configuration.txt 2.3).
func (x *Lexer) lookup(name string) (string, bool) {
	switch name {
	case ".FILE":
		return x.pos.File, true
	case ".LINE":
		return strconv.Itoa(x.pos.Line), true
	case ".SECTION":
		return x.section, true
	}
	if name[0] == '.' {
		return "", false
	}
	return x.opt.env(name)
}
