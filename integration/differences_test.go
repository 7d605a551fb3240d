package integration

// differences are the exchanges, by test and name, whose outcome differs from HAProxy's, with the reason. An exchange on
// this list that no longer differs fails its test.
var differences = map[string]string{}
