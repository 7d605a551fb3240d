package integration

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// visit is what a newcomer asks an example for, and what the answers begin with, in their order.
type visit struct {
	method, url, user string
	header            [2]string
	cookie            string
	status            int
	body              []string // of one request after the other
	location          string
}

// visits are made by TestExamples, by the name of the example. Ports are those of the file.
var visits = map[string][]visit{
	"quickstart.cfg": {
		{url: "http://localhost:8080/", status: 200, body: []string{"red\n", "green\n", "red\n", "blue\n", "red\n", "green\n"}},
	},
	"sites.cfg": {
		{url: "http://localhost:8080/", header: host("www.example.com"), status: 200, body: []string{"two for www", "two for www", "one for www"}},
		{url: "http://localhost:8080/", header: host("WW1.example.com:8080"), status: 200, body: []string{"two for WW1"}},
		{url: "http://localhost:8080/", header: host("www.example.com"), cookie: "SERVERID=web1", status: 200, body: []string{"one", "one", "one"}},
		{url: "http://localhost:8080/", header: host("blog.example.com"), status: 200, body: []string{"one for blog", "two for blog"}},
		{url: "http://localhost:8080/a?b", status: 301, location: "http://www.example.com/a?b", body: []string{""}},
		{url: "http://localhost:8090/site_status", status: 200, body: []string{"<html><body><h1>200 OK</h1>\nService ready."}},
		{url: "http://localhost:8404/stats", status: 401, body: []string{"<html><body><h1>401 Unauthorized</h1>"}},
		{url: "http://localhost:8404/stats;csv", user: "admin:secret", status: 200, body: []string{"# pxname,svname,qcur,qmax,"}},
	},
	"rules.cfg": {
		{url: "http://localhost:8080/hello?who=Me", status: 200, body: []string{"GET /app/hello?who=Me who=me cookies=0\n"}},
		{url: "http://localhost:8080/", cookie: "a=b", status: 200, body: []string{"GET /app/ who= cookies=0\n"}},
		{url: "http://localhost:8080/", method: "DELETE", status: 405, body: []string{""}},
		{url: "http://localhost:8080/.git/config", status: 403, body: []string{"<html><body><h1>403 Forbidden</h1>"}},
		{url: "http://localhost:8080/private", status: 401, body: []string{"<html><body><h1>401 Unauthorized</h1>"}},
		{url: "http://localhost:8080/private", user: "guest:letmein", status: 200, body: []string{"GET /app/private"}},
		{url: "http://localhost:8080/old/page", status: 301, location: "/new/page", body: []string{""}},
		{url: "http://localhost:8080/ping", status: 200, body: []string{"pong\n"}},
	},
}

func host(name string) [2]string { return [2]string{"Host", name} }

// TestExamples loads each file in examples/ into HAProxy and here, without a warning, and asks both the same.
func TestExamples(t *testing.T) {
	needPrograms(t)
	files, err := filepath.Glob("../examples/*.cfg")
	if err != nil || len(files) == 0 {
		t.Fatal("no examples", err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			list := visits[name]
			if len(list) == 0 {
				t.Fatal("nobody visits this example: add it to visits")
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, side := range []program{theirs, ours} {
				t.Run(string(side), func(t *testing.T) { runExample(t, side, string(text), list) })
			}
		})
	}
}

var examplePort = regexp.MustCompile(`(bind \S*:|127\.0\.0\.1:|localhost:)(\d+)\b`)

func runExample(t *testing.T, side program, text string, list []visit) {
	ports := map[string]int{}
	move := func(text string) string {
		return examplePort.ReplaceAllStringFunc(text, func(m string) string {
			p := examplePort.FindStringSubmatch(m)
			if ports[p[2]] == 0 {
				ports[p[2]] = freePort(t)
			}
			return p[1] + strconv.Itoa(ports[p[2]])
		})
	}
	text = move(text)
	path := filepath.Join(t.TempDir(), "example.cfg")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	mustAccept(t, path)
	entry := examplePort.FindStringSubmatch(move(list[0].url))[2]
	port, err := strconv.Atoi(entry)
	if err != nil {
		t.Fatal(err)
	}
	start(t, side, text, port)
	client := &http.Client{
		Timeout:       10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	for _, v := range list {
		v.url, v.location = move(v.url), move(v.location)
		v.make(t, client)
	}
}

// make asks as often as there are bodies.
func (v *visit) make(t *testing.T, client *http.Client) {
	t.Helper()
	method := v.method
	if method == "" {
		method = http.MethodGet
	}
	for i, want := range v.body {
		req, err := http.NewRequest(method, v.url, bytes.NewReader(nil))
		if err != nil {
			t.Fatal(err)
		}
		if v.header[0] == "Host" {
			req.Host = v.header[1]
		} else if v.header[0] != "" {
			req.Header.Set(v.header[0], v.header[1])
		}
		if v.cookie != "" {
			req.Header.Set("Cookie", v.cookie)
		}
		if name, password, ok := strings.Cut(v.user, ":"); ok {
			req.SetBasicAuth(name, password)
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != v.status || !strings.HasPrefix(string(got), want) || resp.Header.Get("Location") != v.location {
			t.Errorf("%s %s, time %d: status %d, location %q, body %q, %v; want %d, %q, %q", method, v.url, i+1,
				resp.StatusCode, resp.Header.Get("Location"), got, err, v.status, v.location, want)
		}
	}
}
