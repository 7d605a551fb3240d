package keepalivedconf

import (
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/keepalivedconf/conf"
)

// Options are what the files do not say. The zero value is usable.
type Options struct {
	// Lexer is how the files are read.
	Lexer conf.Options
	// Skip are blocks of the top level that are left out with a warning: virtual_server, virtual_server_group,
	// bfd_instance. "#@ skip NAME" in a file does the same.
	Skip []string
	// Host answers questions about this machine. Default the operating system.
	Host Host
}

// Adapt turns files, which are read in their order as one configuration, into the app's config. The diagnostics hold
// everything that was found, not only the first error; with an error among them the config must not be used.
func Adapt(files []conf.File, opt Options) (*vrrpapp.App, conf.Diagnostics) {
	return Compile(conf.Parse(files, opt.Lexer), opt)
}

// Compile is Adapt of what was read already, from a file or from another language with the same words. It does not change
// the statements.
func Compile(read conf.Result, opt Options) (*vrrpapp.App, conf.Diagnostics) {
	p := newParser(opt, read.Diagnostics)
	p.directives(read)
	p.block(topKeywords, "the top level", read.Statements)
	p.finish()
	return p.app, p.diags
}
