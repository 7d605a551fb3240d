package sample

import (
	"bytes"
	"encoding/base64"
	"strings"

	"github.com/caddy-haproxy/caddy-haproxy/internal/h1"
	"github.com/caddy-haproxy/caddy-haproxy/modules/txn"
)

// HTTP authentication (configuration.txt 7.3.6).
func init() {
	RegisterFetch(
		Fetch{Name: "http_auth", Args: "user list", Out: txn.Bool, Use: RequestHdr, Compile: compileAuth},
		Fetch{Name: "http_auth_group", Args: "user list", Out: txn.Str, Use: RequestHdr, Compile: compileAuthGroup,
			Note: "an ACL sees the names of the user's groups one after the other, so that any match method works"},
		Fetch{Name: "http_auth_user", Out: txn.Str, Use: RequestHdr, Func: fetchAuthUser},
		Fetch{Name: "http_auth_pass", Out: txn.Str, Use: RequestHdr, Func: fetchAuthPass},
		Fetch{Name: "http_auth_type", Out: txn.Str, Use: RequestHdr, Func: fetchAuthType},
		Fetch{Name: "http_auth_bearer", Args: "[string]", Out: txn.Str, Use: RequestHdr, Compile: compileBearer},
	)
}

// authField splits "Scheme data" of the first field of that name.
func authField(t *txn.Txn, header string) (scheme, data []byte, ok bool) {
	v, ok := t.Req.Headers.Value(header)
	if !ok {
		return nil, nil, false
	}
	scheme, data, ok = bytes.Cut(v, []byte(" "))
	return scheme, h1.TrimBlanks(data), ok && len(scheme) > 0
}

var schemeBasic, schemeBearer = []byte("Basic"), []byte("Bearer")

// bearer gives the token of that header.
func bearer(t *txn.Txn, header string) (token []byte, ok bool) {
	scheme, token, ok := authField(t, header)
	return token, ok && bytes.EqualFold(scheme, schemeBearer)
}

// basic decodes "user:password".
func basic(t *txn.Txn) (user, password []byte, ok bool) {
	scheme, data, ok := authField(t, "authorization")
	if !ok || !bytes.EqualFold(scheme, schemeBasic) {
		return nil, nil, false
	}
	b := t.Scratch(base64.StdEncoding.DecodedLen(len(data)))
	n, err := base64.StdEncoding.Decode(b, data)
	if err != nil {
		return nil, nil, false
	}
	return bytes.Cut(b[:n], []byte(":"))
}

func fetchAuthUser(t *txn.Txn, _ *Iter, out *Sample) bool {
	user, _, ok := basic(t)
	out.SetStr(user)
	return ok
}

func fetchAuthPass(t *txn.Txn, _ *Iter, out *Sample) bool {
	_, password, ok := basic(t)
	out.SetStr(password)
	return ok
}

func fetchAuthType(t *txn.Txn, _ *Iter, out *Sample) bool {
	if _, ok := bearer(t, "authorization"); ok {
		out.SetStr(schemeBearer)
		return true
	}
	_, _, ok := basic(t)
	out.SetStr(schemeBasic)
	return ok
}

// login checks the request's credentials. When that is slow it leaves the comparison in t.Offload and says no: who runs
// the rule sees Offload, runs it outside the loop, and runs the rule again.
// given says that there were credentials.
func login(t *txn.Txn, list Userlist) (user []byte, given, ok bool) {
	user, password, given := basic(t)
	if !given || list == nil {
		return nil, false, false
	}
	ok, slow := list.Check(user, password)
	if slow {
		offloadCheck(t, list, user, password)
		return nil, true, false
	}
	return user, true, ok
}

// offloadCheck is a function of its own so that only the slow path allocates.
func offloadCheck(t *txn.Txn, list Userlist, user, password []byte) {
	t.Offload = func() { list.CheckSlow(user, password) }
}

func compileAuth(_ *Env, args []Arg) (FetchFunc, error) {
	list := args[0].Userlist
	return func(t *txn.Txn, _ *Iter, out *Sample) bool {
		_, given, ok := login(t, list)
		out.SetBool(ok)
		return given
	}, nil
}

func compileAuthGroup(_ *Env, args []Arg) (FetchFunc, error) {
	list := args[0].Userlist
	return func(t *txn.Txn, it *Iter, out *Sample) bool {
		user, _, ok := login(t, list)
		if !ok || it == nil {
			out.SetStr(user)
			return ok
		}
		groups := list.Groups(user)
		if it.Index >= len(groups) {
			return false
		}
		out.SetStr(constBytes(groups[it.Index]))
		it.Index++
		out.More = it.Index < len(groups)
		return true
	}, nil
}

// compileBearer: a header that the configuration names has an empty token when it has no other.
func compileBearer(_ *Env, args []Arg) (FetchFunc, error) {
	header, named := "authorization", false
	if len(args) > 0 && args[0].Str != "" {
		header, named = strings.ToLower(args[0].Str), true
	}
	return func(t *txn.Txn, _ *Iter, out *Sample) bool {
		token, ok := bearer(t, header)
		if !ok {
			token = nil
		}
		out.SetStr(token)
		return ok || named
	}, nil
}
