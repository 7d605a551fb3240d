package haproxyadapter

import (
	"os"
	"slices"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/modules/haproxy"
)

// globalSSL are the TLS words of the global section (configuration.txt 3.1, 3.2): checked, and kept for TLS listeners and
// servers.
var globalSSL = []keyword{
	sslPath("ca-base", func(s *haproxy.SSLDefaults) *string { return &s.CABase }),
	sslPath("crt-base", func(s *haproxy.SSLDefaults) *string { return &s.CRTBase }),
	sslList("ssl-default-bind-ciphers", func(s *haproxy.SSLDefaults) *string { return &s.Bind.Ciphers }),
	sslList("ssl-default-bind-ciphersuites", func(s *haproxy.SSLDefaults) *string { return &s.Bind.Ciphersuites }),
	sslList("ssl-default-bind-curves", func(s *haproxy.SSLDefaults) *string { return &s.Bind.Curves }),
	sslList("ssl-default-server-ciphers", func(s *haproxy.SSLDefaults) *string { return &s.Server.Ciphers }),
	sslList("ssl-default-server-ciphersuites", func(s *haproxy.SSLDefaults) *string { return &s.Server.Ciphersuites }),
	row("ssl-default-bind-options", inGlobal, func(p *parser, d *cfg.Dispenser) error {
		return sslOptions(d, "ssl-default-bind-options", &p.conf.Global.SSL.Bind, slices.Concat(sslOptionWords, sslBindOptionWords))
	}),
	row("ssl-default-server-options", inGlobal, func(p *parser, d *cfg.Dispenser) error {
		return sslOptions(d, "ssl-default-server-options", &p.conf.Global.SSL.Server, sslOptionWords)
	}),
	row("ssl-dh-param-file", inGlobal, sslDHParamFile),
	row("ssl-server-verify", inGlobal, sslServerVerify),
	row("ssl-skip-self-issued-ca", inGlobal, func(p *parser, _ *cfg.Dispenser) error {
		p.conf.Global.SSL.SkipSelfIssuedCA = true
		return nil
	}),
	row("tune.ssl.default-dh-param", inGlobal, func(p *parser, d *cfg.Dispenser) error {
		n := int64(0)
		if d.NextArg() {
			n, _ = cfg.LeadingInt(d.Val())
		}
		if n < 1024 || n > 1<<20 {
			return d.Errf("'tune.ssl.default-dh-param' expects a value >= 1024.")
		}
		p.conf.Global.SSL.DefaultDHParam = int(n)
		return nil
	}),
	row("tune.ssl.cachesize", inGlobal, func(p *parser, d *cfg.Dispenser) error {
		n, err := integer(d, "tune.ssl.cachesize", 0)
		p.conf.Global.SSL.Cachesize = &n
		return err
	}),
	row("tune.ssl.lifetime", inGlobal, func(p *parser, d *cfg.Dispenser) (err error) {
		p.conf.Global.SSL.Lifetime, err = duration(d, time.Second, "argument to <tune.ssl.lifetime>.",
			"'tune.ssl.lifetime' expects ssl sessions <lifetime> in seconds as argument.")
		return err
	}),
	sslSize("tune.ssl.maxrecord", func(s *haproxy.SSLDefaults) *int { return &s.Maxrecord }),
	sslSize("tune.ssl.hard-maxrecord", func(s *haproxy.SSLDefaults) *int { return &s.HardMaxrecord }),
	sslSize("tune.ssl.capture-buffer-size", func(s *haproxy.SSLDefaults) *int { return &s.CaptureBufferSize }),
	row("tune.ssl.capture-cipherlist-size", inGlobal, func(p *parser, d *cfg.Dispenser) (err error) {
		d.Warnf("'tune.ssl.capture-cipherlist-size' is deprecated and will be removed in version 2.7. " +
			"Please use 'tune.ssl.capture-buffer-size' instead.")
		p.conf.Global.SSL.CaptureBufferSize, err = integer(d, "tune.ssl.capture-cipherlist-size", 0)
		return err
	}),
	sslSize("tune.ssl.ssl-ctx-cache-size", func(s *haproxy.SSLDefaults) *int { return &s.CtxCacheSize }),
	row("tune.ssl.keylog", inGlobal, func(p *parser, d *cfg.Dispenser) error {
		d.NextArg()
		on, err := cfg.ParseOnOff(d.Val())
		if err != nil {
			return d.Errf("'tune.ssl.keylog' expects either 'on' or 'off' but got '%s'.", d.Val())
		}
		p.conf.Global.SSL.Keylog = on
		return nil
	}),
	row("tune.ssl.force-private-cache", inGlobal, func(p *parser, _ *cfg.Dispenser) error {
		p.conf.Global.SSL.ForcePrivateCache = true
		return nil
	}),
}

// sslPath is the row of a folder, which may be given once.
func sslPath(name string, field func(*haproxy.SSLDefaults) *string) keyword {
	return row(name, inGlobal, func(p *parser, d *cfg.Dispenser) error {
		target := field(&p.conf.Global.SSL)
		if *target != "" {
			return d.Errf("'%s' already specified.", name)
		}
		return word(d, target, "global statement '"+name+"' expects a directory path as an argument.")
	})
}

func sslList(name string, field func(*haproxy.SSLDefaults) *string) keyword {
	return row(name, inGlobal, func(p *parser, d *cfg.Dispenser) error {
		return word(d, field(&p.conf.Global.SSL), "global statement '"+name+"' expects a cipher suite as an argument.")
	})
}

func sslSize(name string, field func(*haproxy.SSLDefaults) *int) keyword {
	return row(name, inGlobal, func(p *parser, d *cfg.Dispenser) (err error) {
		*field(&p.conf.Global.SSL), err = integer(d, name, 0)
		return err
	})
}

// sslOptionWords are the options that bind and server lines share, sslBindOptionWords those of bind lines only.
var (
	sslOptionWords = []string{
		"force-sslv3", "force-tlsv10", "force-tlsv11", "force-tlsv12", "force-tlsv13", "no-sslv3", "no-tls-tickets",
		"no-tlsv10", "no-tlsv11", "no-tlsv12", "no-tlsv13",
	}
	sslBindOptionWords = []string{"prefer-client-ciphers"}
	sslVersions        = []string{"SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"}
)

// sslOptions reads a list of options. Syntax: <name> <option>... with ssl-min-ver and ssl-max-ver taking a version.
func sslOptions(d *cfg.Dispenser, name string, target *haproxy.SSLDefault, known []string) error {
	if d.Done() {
		return d.Errf("global statement '%s' expects an option as an argument.", name)
	}
	for d.NextArg() {
		opt := d.Val()
		switch {
		case opt == "ssl-min-ver" || opt == "ssl-max-ver":
			if !d.NextArg() {
				return d.Errf("'%s' : missing the ssl/tls version on global statement '%s'.", opt, name)
			}
			if !slices.Contains(sslVersions, d.Val()) {
				return d.Errf("'%s' : unknown ssl/tls version on global statement '%s'.", d.Val(), name)
			}
			if opt == "ssl-min-ver" {
				target.MinVer = d.Val()
			} else {
				target.MaxVer = d.Val()
			}
		case slices.Contains(known, opt):
			target.Options = append(target.Options, opt)
		default:
			return d.Errf("unknown option '%s' on global statement '%s'.", opt, name)
		}
	}
	return nil
}

func sslDHParamFile(p *parser, d *cfg.Dispenser) error {
	file := ""
	if err := word(d, &file, "'ssl-dh-param-file' expects a file path as an argument."); err != nil {
		return err
	}
	file = p.paths.resolve(file)
	if _, err := os.Stat(file); err != nil {
		return d.Errf("'ssl-dh-param-file': unable to load DH parameters from file <%s>.", file)
	}
	p.conf.Global.SSL.DHParamFile = file
	return nil
}

func sslServerVerify(p *parser, d *cfg.Dispenser) error {
	if !d.NextArg() {
		return d.Errf("'ssl-server-verify' expects an integer argument.")
	}
	switch d.Val() {
	case "none", "required":
		p.conf.Global.SSL.ServerVerify = d.Val()
		return nil
	}
	return d.Errf("'ssl-server-verify' expects 'none' or 'required' as argument.")
}
