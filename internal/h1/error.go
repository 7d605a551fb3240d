package h1

import "strconv"

// Error is a message HAProxy would refuse, and what it would answer.
type Error struct {
	// Status is what the client gets: 400, 413, 422, 501 for requests, 502 for responses.
	Status int
	// Pos is the offset of the offending byte in the buffer given to Parse.
	Pos int
	// Page says that the refusal is an ordinary answer, with the proxy's own page and its rules for responses; else a fixed
	// text ends the connection.
	Page bool
	// Msg says what is wrong, without the bytes themselves.
	Msg string
}

func (e *Error) Error() string {
	return "h1: " + e.Msg + " at byte " + strconv.Itoa(e.Pos) + " (status " + strconv.Itoa(e.Status) + ")"
}
