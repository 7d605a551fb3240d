package userlist

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
	"github.com/caddy-haproxy/caddy-haproxy/internal/oracle"
)

// vectors are hashes that crypt(3) of Debian's libcrypt or `openssl passwd` made.
var vectors = []struct{ name, hash, password string }{
	{"md5", "$1$abcdefgh$cHJi5PXp/ki/ktXzqlk6I1", "secret"},
	{"md5bytes", "$1$xy.z/AB$fI0I588HWkHpEhcb35yOf1", "pä ss"},
	{"md5long", "$1$s$hFHRbDVEjDPv6PybrP4mN/", strings.Repeat("x", 80)},
	{"sha256", "$5$abcdefgh$gruCpC7VkOTspMQTTSAR8mtlO9Upms.fwqE5y16JVM.", "secret"},
	{"sha256bytes", "$5$xy.z/AB$TATL.IM6BxvCcgFSv6nTlFprGr6AsbHGWx4hGuUJzV/", "pä ss"},
	{"sha256rounds", "$5$rounds=1000$saltstring$AH5PD0i.riCRu4BNDy9v7OPV7u3dfLBApcXI6khquVA", "secret"},
	{"sha512", "$6$abcdefgh$ltjgWl6579NluT/Vi1nwEvcil.G5Nbc4NiXZaNGStk8PSwGfQv72N2CKPPrVACtLtip/cZ/1GM/O6IND4WQhG.", "secret"},
	{"sha512long", "$6$s$u6X/GMYXQvD/GU3NNbCJKuLiTvzJrCYIsT2t39eOTvOIO3X57NEbqQC6Qqp0lmhD0FDAcUFpXht4nQHYoTxLG0", strings.Repeat("x", 80)},
	{"sha512rounds", "$6$rounds=10000$saltstring$8BTo06G/5FoSytD1T0cp9b6u1/eLMbXRWR32saoSVCPI8HactmA7e1cC6THh4kpvGWDoPyAxOz2Ig8bq3eay//", "secret"},
	{"sha512salt16", "$6$saltsaltsaltsalt$ph0yGsyjzqdeFaon7.gJZo8eAG5/rj9/JdzOu1Rl7dKzBYg3xgvl7T2VQ2Rt81bc5AXkdA54r0p8QvC1omD6R1", "secret"},
	{"bcrypt2b", "$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a", "secret"},
	{"bcrypt2y", "$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a", "secret"},
	{"yescrypt", "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$GmcwIgvdUC9qLWcKCi6gklUa1dM3ziD43YxYNURLKy0", "secret"},
}

func hashed(t *testing.T) *List {
	t.Helper()
	var users []User
	for _, v := range vectors {
		users = append(users, User{Name: v.name, Password: v.hash})
	}
	users = append(users, User{Name: "clear", Password: "a:b", Insecure: true}, User{Name: "none"})
	l, err := New("L", users, nil)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestHashes(t *testing.T) {
	l := hashed(t)
	for _, v := range vectors {
		t.Run(v.name, func(t *testing.T) {
			user := []byte(v.name)
			for _, try := range []struct {
				password string
				want     bool
			}{{v.password, true}, {v.password + "x", false}, {"", false}} {
				password := []byte(try.password)
				if ok, slow := l.Check(user, password); ok || !slow {
					t.Errorf("%q: before the comparison: %v, slow %v", try.password, ok, slow)
				}
				if got := l.CheckSlow(user, password); got != try.want {
					t.Errorf("%q: CheckSlow %v", try.password, got)
				}
				if ok, slow := l.Check(user, password); ok != try.want || slow {
					t.Errorf("%q: after the comparison: %v, slow %v", try.password, ok, slow)
				}
			}
		})
	}
}

func TestClear(t *testing.T) {
	l := hashed(t)
	for _, c := range []struct {
		user, password string
		want           bool
	}{{"clear", "a:b", true}, {"clear", "a:", false}, {"clear", "", false}, {"none", "", false}, {"who", "a:b", false}} {
		ok, slow := l.Check([]byte(c.user), []byte(c.password))
		if ok != c.want || slow {
			t.Errorf("%s %q: %v, slow %v", c.user, c.password, ok, slow)
		}
		if got := l.CheckSlow([]byte(c.user), []byte(c.password)); got != c.want {
			t.Errorf("%s %q: CheckSlow %v", c.user, c.password, got)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		user   User
		groups []string
		want   string
	}{
		{User{Name: "a", Groups: []string{"g"}}, []string{"h"}, "userlist 'L': no such group 'g' specified in user 'a'"},
		{User{Name: "a", Password: "abNANd1rDfiNc"}, nil, "userlist 'L': password of user 'a': hashes of this kind are not supported"},
		{User{Name: "a", Password: "$6$short"}, nil, "userlist 'L': password of user 'a': "},
	} {
		_, err := New("L", []User{c.user}, c.groups)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%+v: %v", c.user, err)
		}
	}
}

func TestGroups(t *testing.T) {
	l, err := New("L", []User{{Name: "a", Groups: []string{"g", "h"}}, {Name: "a"}, {Name: "b"}}, []string{"g", "h"})
	if err != nil {
		t.Fatal(err)
	}
	if got := l.Groups([]byte("a")); !slices.Equal(got, []string{"g", "h"}) {
		t.Error(got)
	}
	if l.Groups([]byte("b")) != nil || l.Groups([]byte("c")) != nil {
		t.Error("groups out of nowhere")
	}
}

// A flood of failed attempts does not push out a login, and forgets its own oldest.
func TestRemembered(t *testing.T) {
	var v verdicts
	v.init()
	v.add([]byte("u"), []byte("right"), true)
	for i := range 3 * remembered {
		v.add([]byte("u"), fmt.Append(nil, i), false)
	}
	if ok, known := v.find([]byte("u"), []byte("right")); !ok || !known {
		t.Error("the login is forgotten")
	}
	if _, known := v.find([]byte("u"), []byte("0")); known {
		t.Error("the oldest failure is still there")
	}
	if len(v.miss.set) != remembered || len(v.miss.keys) != remembered {
		t.Errorf("%d and %d remembered", len(v.miss.set), len(v.miss.keys))
	}
}

func TestCheckAllocs(t *testing.T) {
	l := hashed(t)
	user, password := []byte("md5"), []byte("secret")
	l.CheckSlow(user, password)
	if n := testing.AllocsPerRun(100, func() { l.Check(user, password) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"user a", "{a  false []}"},
		{"user a insecure-password b groups g,h", "{a b true [g h]}"},
		{"user a groups g password $1$x", "{a $1$x false [g]}"},
		{"user", "'user' expects <name> as arguments."},
		{"user a foo", "'user' only supports 'password', 'insecure-password' and 'groups' options."},
		{"user a password", "'password' of user 'a' : missing argument."},
		{"group g", "g []"},
		{"group g users a,b", "g [a b]"},
		{"group", "'group' expects <name> as arguments."},
		{"group g foo", "'group' only supports 'users' option."},
		{"group g users", "'users' of group 'g' : missing argument."},
	} {
		d := cfg.FromWords(cfg.Pos{}, strings.Fields(c.line)...)
		var got string
		if strings.HasPrefix(c.line, "user") {
			u, err := ParseUser(d)
			got = fmt.Sprint(u)
			if err != nil {
				got = err.Error()
			}
		} else {
			name, users, err := ParseGroup(d)
			got = fmt.Sprint(name, " ", users)
			if err != nil {
				got = err.Error()
			}
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.line, got, c.want)
		}
	}
}

// TestOracle logs in to HAProxy with each vector.
func TestOracle(t *testing.T) {
	bin := oracle.HAProxy(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	f, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	l.Close() // HAProxy is the only one that listens
	text := "userlist L\n user clear insecure-password a:b\n"
	for _, v := range vectors {
		text += fmt.Sprintf(" user %s password %s\n", v.name, v.hash)
	}
	text += "defaults\n mode http\n timeout client 5s\nfrontend f\n bind fd@3\n http-request return status 204 if { http_auth(L) }\n http-request deny\n"
	file := filepath.Join(t.TempDir(), "h.cfg")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, "-db", "-f", file)
	cmd.ExtraFiles = []*os.File{f}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(errs.String())
		}
	}()
	login := func(user, password string) bool {
		req, _ := http.NewRequest("GET", "http://"+addr+"/", nil)
		req.SetBasicAuth(user, password)
		c := http.Client{Timeout: 10 * time.Second}
		res, err := c.Do(req)
		if err != nil {
			t.Fatal(user, err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
		return res.StatusCode == http.StatusNoContent
	}
	for _, v := range vectors {
		if !login(v.name, v.password) || login(v.name, v.password+"x") {
			t.Errorf("%s: HAProxy does not agree", v.name)
		}
	}
	// A user without a password is not tried: HAProxy 2.6.12 crashes on his login. We refuse it.
	if !login("clear", "a:b") || login("clear", "") {
		t.Error("clear: HAProxy does not agree")
	}
}
