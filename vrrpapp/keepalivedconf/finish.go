package keepalivedconf

// finish puts the blocks together when all of them are read, and looks at what only shows then.
func (p *parser) finish() {
	p.globalEnd()
	for _, i := range p.instances {
		i.Track, i.TrackInterface = p.resolve(&i.track, "vrrp_instance "+i.Name)
		p.app.Instances = append(p.app.Instances, i.Instance)
	}
	for _, g := range p.groups {
		g.Track, g.TrackInterface = p.resolve(&g.track, "vrrp_sync_group "+g.Name)
		p.app.SyncGroups = append(p.app.SyncGroups, g.SyncGroup)
	}
	p.trackersJSON()
}

// globalEnd joins words of global_defs that belong together.
func (p *parser) globalEnd() {
	if s := p.app.StartupScript; s != nil {
		s.Timeout = p.global.startupTime
	}
	if s := p.app.ShutdownScript; s != nil {
		s.Timeout = p.global.shutdownTime
	}
	if f := p.app.NotifyFIFO; f != nil {
		f.Script = p.global.fifoScript
	}
	if f := p.app.VRRPNotifyFIFO; f != nil {
		f.Script = p.global.vrrpScript
	}
}
