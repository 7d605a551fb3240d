package vrrpapp

// Leave hands all virtual routers over and waits until that has been done, while the process still serves. It is for
// programs that end Caddy by other ways than its own: caddy.Stop does not tell the app whether the process ends.
func Leave() {
	proc.mu.Lock()
	b := proc.top()
	proc.mu.Unlock()
	if b != nil {
		proc.leave(b)
	}
}
