package cfg_test

import (
	"fmt"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

// The lines of a global section change the environment of the lines below them, so they are read one by one.
func ExampleLexer() {
	env := cfg.NewEnv()
	files := []cfg.File{{Name: "test.cfg", Body: []byte(`
global
    setenv PORT 8080
.if version_atleast(2.6)
frontend f
    bind ":$PORT"   # a comment
.endif
`)}}
	x := cfg.NewLexer(files, &cfg.Options{LookupEnv: env.Lookup})
	for l, ok := x.Next(); ok; l, ok = x.Next() {
		if l.Words[0] == "setenv" {
			env.Set(l.Words[1], l.Words[2])
			continue
		}
		fmt.Printf("%s %q\n", l.Pos, l.Words)
	}
	fmt.Println(x.Diagnostics().Err())
	// Output:
	// test.cfg:2 ["global"]
	// test.cfg:5 ["frontend" "f"]
	// test.cfg:6 ["bind" ":8080"]
	// <nil>
}

// A keyword's package reads its own words and returns an error with a position.
func ExampleDispenser() {
	read := func(d *cfg.Dispenser) error {
		d.Next() // the keyword
		for d.Next() {
			switch d.Val() {
			case "inter":
				inter, err := d.Duration("inter", time.Millisecond)
				if err != nil {
					return err
				}
				fmt.Println("inter", inter)
			case "check":
				fmt.Println("check")
			default:
				return d.Unknown("option", []string{"check", "inter"})
			}
		}
		return nil
	}
	pos := cfg.Pos{File: "test.cfg", Line: 7}
	fmt.Println(read(cfg.FromWords(pos, "default-server", "check", "inter", "2s")))
	fmt.Println(read(cfg.FromWords(pos, "default-server", "inter", "2w")))
	fmt.Println(read(cfg.FromWords(pos, "default-server", "chekc")))
	// Output:
	// check
	// inter 2s
	// <nil>
	// parsing [test.cfg:7] : unexpected character 'w' in 'inter'
	// parsing [test.cfg:7] : 'default-server' : unknown option 'chekc'; did you mean 'check' maybe ?
}
