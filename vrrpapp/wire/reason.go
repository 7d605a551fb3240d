package wire

// Reason is why a message was refused: a label to count by.
type Reason uint8

// The reasons, in the order of the checks. A message is named by the first.
const (
	OK           Reason = iota
	Truncated           // shorter than a header
	BadTTL              // multicast that crossed a router (RFC 5798 7.1)
	BadVersion          // neither 2 nor 3, or version 2 over IPv6
	BadType             // not an advertisement (RFC 5798 5.2.2)
	BadVRID             // 0 (RFC 5798 5.2.3)
	BadLength           // not what the count of addresses makes it
	BadChecksum         // in each of the ways
	ZeroInterval        // a master without pauses: nothing could be derived from it
	BadFamily           // source and destination of no, or of different, address families
	Reasons             // how many there are
)

var reasonNames = [Reasons]string{
	OK:           "ok",
	Truncated:    "truncated",
	BadTTL:       "ttl",
	BadVersion:   "bad_version",
	BadType:      "bad_type",
	BadVRID:      "bad_vrid",
	BadLength:    "length",
	BadChecksum:  "checksum",
	ZeroInterval: "zero_interval",
	BadFamily:    "family",
}

// String is the label of vrrp_rejected_total.
func (r Reason) String() string {
	if r < Reasons {
		return reasonNames[r]
	}
	return "unknown"
}
