package sample

import "github.com/caddy-haproxy/caddy-haproxy/modules/txn"

// Cookies (configuration.txt 7.3.6).
func init() {
	for _, s := range []struct {
		long, short string
		use         Use
		find        func(t *txn.Txn) (cookies, bool)
	}{
		{"req.cook", "cook", RequestHdr, requestCookies},
		{"res.cook", "scook", ResponseHdr, responseCookies},
	} {
		for _, name := range []string{s.long, s.short} {
			RegisterFetch(
				Fetch{Name: name, Args: "[string]", Out: txn.Str, Use: s.use, Compile: compileCookie(s.find, headerText)},
				Fetch{Name: name + "_val", Args: "[string]", Out: txn.Int, Use: s.use, Compile: compileCookie(s.find, headerVal)},
				Fetch{Name: name + "_cnt", Args: "[string]", Out: txn.Int, Use: s.use, Compile: compileCookieCount(s.find)},
			)
		}
	}
	RegisterFetch(Fetch{Name: "cookie", Args: "[string]", Out: txn.Str, Use: EitherHdr, Compile: compileCookie(sideCookies, headerText)})
}

func requestCookies(t *txn.Txn) (cookies, bool) {
	return cookies{list: t.Req.Headers, header: "cookie"}, hasRequest(t)
}

func responseCookies(t *txn.Txn) (cookies, bool) {
	return cookies{list: t.Res.Headers, header: "set-cookie"}, t.InResponse
}

func sideCookies(t *txn.Txn) (cookies, bool) {
	if t.InResponse {
		return responseCookies(t)
	}
	return requestCookies(t)
}

func cookieName(args []Arg) string {
	if len(args) == 0 {
		return ""
	}
	return args[0].Str
}

// compileCookie gives the last cookie of that name, the first one when none is named, each one to an ACL.
func compileCookie(find func(*txn.Txn) (cookies, bool), set func([]byte, *Sample) bool) func(*Env, []Arg) (FetchFunc, error) {
	return func(_ *Env, args []Arg) (FetchFunc, error) {
		name := cookieName(args)
		return func(t *txn.Txn, it *Iter, out *Sample) bool {
			c, ok := find(t)
			if !ok {
				return false
			}
			c.name = name
			if it != nil {
				b, ok := c.next(it)
				if !ok {
					return false
				}
				out.More = true
				return set(b, out)
			}
			b, ok := c.one()
			return ok && set(b, out)
		}, nil
	}
}

func compileCookieCount(find func(*txn.Txn) (cookies, bool)) func(*Env, []Arg) (FetchFunc, error) {
	return func(_ *Env, args []Arg) (FetchFunc, error) {
		name := cookieName(args)
		return func(t *txn.Txn, _ *Iter, out *Sample) bool {
			c, ok := find(t)
			if !ok {
				return false
			}
			c.name = name
			var n int64
			var it Iter
			for {
				if _, ok := c.next(&it); !ok {
					break
				}
				n++
			}
			out.SetInt(n)
			return true
		}, nil
	}
}
