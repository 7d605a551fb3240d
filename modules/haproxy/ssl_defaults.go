package haproxy

// SSLDefaults are the TLS words of the global section (configuration.txt 3.1 "ssl-default-...", 3.2 "tune.ssl....").
type SSLDefaults struct {
	// CABase and CRTBase are the folders of relative file names ("ca-base", "crt-base").
	CABase  string `json:"ca_base,omitempty"`
	CRTBase string `json:"crt_base,omitempty"`
	// Bind and Server are the defaults of `bind ... ssl` and `server ... ssl` lines.
	Bind   SSLDefault `json:"bind,omitzero"`
	Server SSLDefault `json:"server,omitzero"`
	// DHParamFile holds Diffie-Hellman parameters ("ssl-dh-param-file").
	DHParamFile string `json:"dh_param_file,omitempty"`
	// ServerVerify is none or required: whether servers' certificates are checked ("ssl-server-verify"). Default: required.
	ServerVerify string `json:"server_verify,omitempty"`
	// SkipSelfIssuedCA leaves self-issued CAs out of what is sent ("ssl-skip-self-issued-ca").
	SkipSelfIssuedCA bool `json:"skip_self_issued_ca,omitempty"`

	// DefaultDHParam is the size of generated Diffie-Hellman parameters in bits ("tune.ssl.default-dh-param").
	DefaultDHParam int `json:"default_dh_param,omitempty"`
	// Cachesize is the number of cached sessions ("tune.ssl.cachesize"). Default: 20000.
	Cachesize *int `json:"cachesize,omitempty"`
	// Lifetime is how long a cached session lives ("tune.ssl.lifetime"). Default: 300s.
	Lifetime Duration `json:"lifetime,omitempty"`
	// Maxrecord and HardMaxrecord bound a TLS record in bytes ("tune.ssl.maxrecord", "tune.ssl.hard-maxrecord").
	Maxrecord     int `json:"maxrecord,omitempty"`
	HardMaxrecord int `json:"hard_maxrecord,omitempty"`
	// CaptureBufferSize is what is kept of the client's hello ("tune.ssl.capture-buffer-size").
	CaptureBufferSize int `json:"capture_buffer_size,omitempty"`
	// CtxCacheSize is the number of cached generated certificates ("tune.ssl.ssl-ctx-cache-size"). Default: 1000.
	CtxCacheSize int `json:"ctx_cache_size,omitempty"`
	// Keylog enables the ssl_fc_*_secret fetches ("tune.ssl.keylog").
	Keylog bool `json:"keylog,omitempty"`
	// ForcePrivateCache does not share the session cache ("tune.ssl.force-private-cache").
	ForcePrivateCache bool `json:"force_private_cache,omitempty"`
}

// SSLDefault are the defaults of one side.
type SSLDefault struct {
	// Ciphers is OpenSSL's list up to TLS 1.2, Ciphersuites the one of TLS 1.3, Curves the list of elliptic curves.
	Ciphers      string `json:"ciphers,omitempty"`
	Ciphersuites string `json:"ciphersuites,omitempty"`
	Curves       string `json:"curves,omitempty"`
	// MinVer and MaxVer are SSLv3, TLSv1.0, TLSv1.1, TLSv1.2 or TLSv1.3.
	MinVer string `json:"ssl_min_ver,omitempty"`
	MaxVer string `json:"ssl_max_ver,omitempty"`
	// Options are the remaining words of the option list, as written: "no-tls-tickets", "prefer-client-ciphers", ...
	Options []string `json:"options,omitempty"`
}
