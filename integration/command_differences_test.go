package integration

// commandDifferences are the comparisons of the command, the stats socket and the statistics page, by test, whose outcome
// differs from HAProxy's, with the reason. One on this list that no longer differs fails.
var commandDifferences = map[string]string{}
