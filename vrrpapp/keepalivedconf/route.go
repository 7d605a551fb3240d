package keepalivedconf

// routes reads a block of lines in the words of ip-route(8). They stay text: the app reads them with the same functions.
func (p *parser) routes(l *line) (list []string) { return p.texts(l) }

// rules reads a block of lines in the words of ip-rule(8).
func (p *parser) rules(l *line) (list []string) { return p.texts(l) }

func (p *parser) texts(l *line) (list []string) {
	for _, s := range l.s.Block {
		list = append(list, s.Text)
	}
	return list
}
