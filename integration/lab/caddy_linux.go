package lab

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

// caddy is this program, with the adapter for keepalived.conf.
type caddy struct{ binary string }

func (caddy) Name() string { return "ours" }

func (c caddy) command(m *Member) *exec.Cmd {
	cmd := exec.Command(c.binary, "run", "--adapter", "keepalived", "--config", m.file)
	cmd.Env = c.environment(m)
	return cmd
}

func (caddy) environment(m *Member) []string {
	return append(os.Environ(), "CADDY_ADMIN=unix/"+m.socket(), "HOME="+m.dir, "XDG_DATA_HOME="+m.dir+"/data", "XDG_CONFIG_HOME="+m.dir+"/config")
}

// ready: what is printed after all apps have started.
func (caddy) ready(m *Member) bool {
	return strings.Contains(m.process.Output(), "serving initial configuration")
}

func (caddy) reload(m *Member) error {
	text, err := os.ReadFile(m.file)
	if err == nil {
		_, err = m.ask(http.MethodPost, "/load", "text/keepalived", text)
	}
	return err
}

func (caddy) order(m *Member, what string) error {
	_, err := m.ask(http.MethodPost, "/vrrp/"+what, "", nil)
	return err
}

// socket is the admin endpoint's.
func (m *Member) socket() string { return m.dir + "/admin.sock" }

// ask speaks to the admin endpoint of a node of ours.
func (m *Member) ask(method, path, contentType string, body []byte) (string, error) {
	client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", m.socket())
		},
	}}
	req, err := http.NewRequest(method, "http://admin"+path, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
		req.Header.Set("Cache-Control", "must-revalidate") // the same configuration is loaded again, too
	}
	res, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode/100 != 2 {
		err = fmt.Errorf("%s %s: %s: %s", method, path, res.Status, text)
	}
	return string(text), err
}
