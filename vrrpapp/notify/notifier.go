package notify

import "context"

// Notifier runs scripts and writes FIFOs. Its methods may be called from any goroutine.
type Notifier struct{}

// New makes a notifier that tells nobody until Apply. Log gets what goes wrong later, from any goroutine.
func New(log func(what string, err error)) *Notifier { return &Notifier{} }

// Apply puts a configuration in force in place of the one before. FIFOs that stay keep their reader. Warnings are what is wrong
// now and may be mended (a script that is not there); an error says that nothing was changed.
func (n *Notifier) Apply(c Config) (warnings []string, err error) { return nil, nil }

// Changed tells of a change. It returns at once.
func (n *Notifier) Changed(kind Kind, name string, state State, priority uint8) {}

// Stop waits for the scripts that run and wait until ctx is done, then ends them; it closes and removes the FIFOs and ends
// their readers.
func (n *Notifier) Stop(ctx context.Context) {}
