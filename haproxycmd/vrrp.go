package haproxycmd

import (
	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter"
	"github.com/caddy-haproxy/caddy-haproxy/haproxyadapter/cfg"
)

// checkChroot refuses what cannot work: the guard of virtual routers is this program, started again whenever it has died,
// and scripts are started all the time; neither is found below another root folder. A master keeps its root folder.
func (c *command) checkChroot(apps haproxyadapter.Apps, diags *cfg.Diagnostics) {
	p := &apps.HAProxy.Global.Process
	if apps.VRRP != nil && p.Chroot != "" && !p.MasterWorker {
		diags.Addf(cfg.Pos{}, cfg.Alert, "'chroot' and '#@ vrrp' cannot be used together, except with -W: the guard and the scripts "+
			"of virtual routers would not be found. Remove 'chroot', or use 'caddy run --adapter haproxy'.")
	}
}
