package logformat

// The formats behind the options of configuration.txt 8.2, as log-format strings.
const (
	// HTTPLog is `option httplog` (8.2.3).
	HTTPLog = "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r"
	// CLF is `option httplog clf` (8.2.3).
	CLF = "%{+Q}o %{-Q}ci - - [%trg] %r %ST %B \"\" \"\" %cp %ms %ft %b %s %TR %Tw %Tc %Tr %Ta %tsc %ac %fc " +
		"%bc %sc %rc %sq %bq %CC %CS %hrl %hsl"
	// TCPLog is `option tcplog` (8.2.2).
	TCPLog = "%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq"
	// HTTPSLog is `option httpslog` (8.2.4).
	HTTPSLog = "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r " +
		"%[fc_err]/%[ssl_fc_err,hex]/%[ssl_c_err]/%[ssl_c_ca_err]/%[ssl_fc_is_resumed] %[ssl_fc_sni]/%sslv/%sslc"
)

// Named is the format behind the name of an option: "httplog", "clf", "tcplog", "httpslog".
func Named(name string) (text string, ok bool) {
	text, ok = map[string]string{"httplog": HTTPLog, "clf": CLF, "tcplog": TCPLog, "httpslog": HTTPSLog}[name]
	return text, ok
}
