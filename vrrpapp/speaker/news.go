package speaker

import (
	"sync"

	"github.com/caddy-haproxy/caddy-haproxy/vrrpapp/netif"
)

// news is what the watcher has told and the loop has not taken yet.
type news struct {
	mu         sync.Mutex
	fill, read []netif.Event
}

// hearNews is called by the watcher.
func (l *Local) hearNews(e netif.Event) {
	l.news.mu.Lock()
	l.news.fill = append(l.news.fill, e)
	l.news.mu.Unlock()
	l.rouse()
}

func (n *news) take() []netif.Event {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.fill, n.read = n.read[:0], n.fill
	return n.read
}

// takeNews first looks at every interface that there is news of, once, and then at addresses that came or went: an interface that went
// down must not look like an address that somebody took.
func (l *Local) takeNews() {
	list := l.news.take()
	if len(list) == 0 {
		return
	}
	routes := false
	for i := range list {
		e := &list[i]
		l.touch(e.Interface.Name)
		l.touch(e.Was.Name)
		switch e.Kind {
		case netif.AddressAdded, netif.AddressChanged:
			l.touch("")
		case netif.AddressRemoved:
			l.touch("")
			routes = true
		case netif.Resynced:
			l.complain(nil, "news of interfaces were lost", l.watch.Err())
			routes = true
		case netif.InterfaceChanged, netif.InterfaceAdded, netif.RoutesRemoved, netif.RulesRemoved:
			routes = true
		}
	}
	l.followDirty()
	for i := range list {
		switch list[i].Kind {
		case netif.AddressRemoved:
			l.addressRemoved(list[i])
		case netif.AddressAdded:
			l.addressAdded(list[i])
		}
	}
	if routes {
		l.restoreRoutes()
	}
}

// touch marks a link that we know.
func (l *Local) touch(name string) {
	if k := l.links[name]; k != nil {
		k.dirty = true
	}
}

// followDirty refreshes what is marked. Macvlans are made when their base comes.
func (l *Local) followDirty() {
	for _, k := range l.links {
		if k.dirty {
			l.refresh(k)
			l.makeVMACs(k)
			l.follow(k)
		}
	}
}
