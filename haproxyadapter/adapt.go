package haproxyadapter

import (
	"os"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp"
)

// Options are what the files do not say. The zero value is usable.
type Options struct {
	// Env is the environment, which the files can change. Default: a copy of the process's own.
	Env *cfg.Env
	// LocalPeer is this process's name among peers, the command's -L. Default: the host's name.
	LocalPeer string
	// Command says that the haproxy command itself obeys the words about its process (daemon, user, chroot, ...). Without it
	// each of those that give up rights is a warning, because the service manager does that.
	Command bool
	// Read returns the text of a file that a directive names (#@ vrrp). Default: os.ReadFile.
	Read func(name string) ([]byte, error)
}

func (o *Options) read(name string) ([]byte, error) {
	if o.Read != nil {
		return o.Read(name)
	}
	return os.ReadFile(name)
}

// Apps are the Caddy apps that the files describe, in the form of Caddy's JSON.
type Apps struct {
	HAProxy *haproxy.Config `json:"haproxy"`
	// VRRP is what the directive `#@ vrrp` loads; nil without it.
	VRRP *vrrpapp.App `json:"vrrp,omitempty"`
}

// Adapt turns files, which are read in their order, into the apps' configs. The diagnostics hold everything that was found,
// not only the first error; with an error among them the configs must not be used.
func Adapt(files []cfg.File, opt Options) (Apps, cfg.Diagnostics) {
	p := &parser{opt: opt, conf: new(haproxy.Config), env: opt.Env, once: make(map[string]bool)}
	if p.env == nil {
		p.env = cfg.NewEnv()
	}
	p.env.Predefine(localPeer(opt), cfg.DefaultVersion)
	x := cfg.NewLexer(files, &cfg.Options{LookupEnv: p.env.Lookup, IsSection: IsSection, FileDirective: p.fileDirective})
	p.diags = x.Diagnostics()
	p.run(x)
	p.finish()
	p.apps.HAProxy = p.conf
	return p.apps, *p.diags
}

func localPeer(opt Options) string {
	if opt.LocalPeer != "" {
		return opt.LocalPeer
	}
	name, err := os.Hostname()
	if err != nil {
		return "localhost"
	}
	return name
}

func (p *parser) fileDirective(dir cfg.Directive) {
	p.directives(cfg.Line{Directives: []cfg.Directive{dir}})
}
