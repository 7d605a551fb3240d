// Package fsm is VRRP's state machine as a pure function: events in, effects out. It has no clock, no socket and no
// goroutine; who owns a Machine brings the time, the messages and the hands. It follows RFC 3768 (version 2), RFC 5798 and
// RFC 9568 (version 3), keepalived where that is the custom, and is better where keepalived is known to lose addresses; each
// of these places says so.
//
// # How it is driven
//
// One goroutine owns a machine, or all of them. It waits for the first of: a message, news of the interface or a tracker,
// an order, the machine's Deadline.
//
//	m, err := fsm.New(config)
//	do(m.Handle(now, fsm.Interface{Up: true, Source: addr}))
//	do(m.Handle(now, fsm.Start{}))
//	for {
//		wait until m.Deadline(), a packet, or an event
//		for each packet in the socket {                  // until it would block: before any Tick
//			if r := packet.Parse(msg, ip); r != wire.OK {
//				rejected = fsm.Rejected{Reason: fsm.Reason(r.String()), Source: ip.Src}
//				do(m.Handle(now, &rejected))
//				continue
//			}
//			advert = fsm.Advert{Source: ip.Src, TTL: ip.TTL, Version: packet.Version, ..., Received: kernel's time}
//			do(m.Handle(now, &advert))
//		}
//		do(m.Handle(now, event))
//		if at, ok := m.Deadline(); ok && !now.Before(at) {
//			do(m.Handle(now, fsm.Tick{}))
//		}
//	}
//
// Rules for the owner:
//
//   - The socket is empty before a Tick: a late process must not take over because of messages that wait in its queue. How
//     late a Tick is, the machine sees from now and its own deadline.
//   - Advert.Received is the kernel's time of receipt on the clock of now (now.Add(-age)), so that a late process does not
//     stretch the master down interval.
//   - now comes from a monotonic clock.
//   - Ask for Deadline after each Handle: any event may change it.
//   - Effects are performed in their order, and quickly: sending and addresses at once, scripts and log lines elsewhere. An
//     effect that fails (ENOBUFS, EEXIST) is counted and the machine is not told; addresses that are missing come back as Removed.
//   - The answer of one's own AddAddresses and RemoveAddresses on netlink is not Removed or Appeared.
//   - Messages of other VRIDs never come here. Demultiplex by VRID, count the unknown.
//   - One Advertise is one message. After a reload there are several at a time, with the former password, addresses, interval
//     or version, so that peers can be reloaded one after the other: see Config.Rollover.
//   - Bouncing links are debounced before they become an Interface (interface_up_down_delays); a start is delayed by whoever
//     gives the Start (vrrp_startup_delay). Both may be zero: a short flap costs nothing lasting here.
//   - Scripts and events follow Effect.From.Role and To.Role, a history the states themselves.
//
// # Life
//
// Start, Stop: Stop of a master hands over and takes up to Skew_Time of the slowest successor and 300 ms; go on handling
// events until State is Init. Stop.Abrupt does not wait.
//
// Reload keeps the state. For a new instance that continues an old one (another VRID, unicast instead of multicast):
// Stop{Keep: true} to the old machine, and if its State was Master before, Start{Adopt: true} to the new one.
//
// After a crash: Start{Found: addresses}, those that bear our mark on the interface.
//
// Until the listeners are up: Hold{ByStart}, then Start; Resume{ByStart} takes over at once if the master is down.
//
// The members of a vrrp_sync_group are driven through a Group.
package fsm
