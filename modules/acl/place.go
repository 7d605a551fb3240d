package acl

import "github.com/caddy-haproxy/caddy-haproxy/modules/sample"

// placeName is HAProxy's name of the place where a rule stands, for its warning. A rule of a listen section is named after
// its frontend half on the way in and after its backend half on the way out.
func placeName(w sample.Where) string {
	for _, p := range places {
		if w&p.where != 0 {
			return p.name
		}
	}
	return "rule"
}

var places = []struct {
	where sample.Where
	name  string
}{
	{sample.FEConn, "frontend tcp-request connection rule"},
	{sample.FESess, "frontend tcp-request session rule"},
	{sample.FEReqRaw, "frontend tcp-request content rule"},
	{sample.FEReq, "frontend http-request header rule"},
	{sample.FEReqBody, "frontend http-request body rule"},
	{sample.FEUse, "frontend use-backend rule"},
	{sample.BEReqRaw, "backend tcp-request content rule"},
	{sample.BEReq, "backend http-request header rule"},
	{sample.BEReqBody, "backend http-request body rule"},
	{sample.BESet, "backend use-server, balance or stick-match rule"},
	{sample.SrvSource, "server source selection"},
	{sample.BEResRaw, "backend tcp-response content rule"},
	{sample.BERes, "backend http-response header rule"},
	{sample.BEResBody, "backend http-response body rule"},
	{sample.StickStore, "backend stick-store rule"},
	{sample.FEResRaw, "frontend tcp-response content rule"},
	{sample.FERes, "frontend http-response header rule"},
	{sample.FEResBody, "frontend http-response body rule"},
	{sample.Log, "logs"},
}
