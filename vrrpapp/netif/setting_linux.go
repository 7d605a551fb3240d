package netif

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// settingFile is where the kernel keeps an interface's setting; family is "ipv4" or "ipv6".
func settingFile(family, name, key string) (string, error) {
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\x00") {
		return "", fmt.Errorf("netif: no interface can be called %q", name)
	}
	return "/proc/sys/net/" + family + "/conf/" + name + "/" + key, nil
}

func readSetting(family, name, key string) (string, error) {
	file, err := settingFile(family, name, key)
	if err != nil {
		return "", err
	}
	b, err := os.ReadFile(file)
	return strings.TrimSpace(string(b)), err
}

// writeSetting writes only what differs: /proc/sys is often read-only in containers.
func writeSetting(family, name, key, value string) error {
	now, err := readSetting(family, name, key)
	if err != nil {
		return fmt.Errorf("netif: setting %s of %s: %w", key, name, err)
	}
	if now == value {
		return nil
	}
	file, err := settingFile(family, name, key)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString(value)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return fmt.Errorf("netif: setting %s of %s to %s: %w", key, name, value, err)
	}
	return nil
}

// Forwards reports whether the host is an IPv6 router on an interface (net.ipv6.conf.IF.forwarding). It must be asked on
// a thread of the interface's namespace.
func Forwards(name string) bool {
	v, err := readSetting("ipv6", name, "forwarding")
	return err == nil && v != "0"
}

// PromoteSecondaries makes that an interface's other addresses of a subnet stay when the first of them is deleted
// (net.ipv4.conf.IF.promote_secondaries, keepalived.conf(5) promote_secondaries). It must be called on a thread of the
// interface's namespace; IPv6 always behaves like that.
func PromoteSecondaries(name string) error {
	return writeSetting("ipv4", name, "promote_secondaries", "1")
}
