// Package action is the rules of http-request, http-response and http-after-response: what each action does to a
// transaction, the error pages and own answers they use, and the old words of HAProxy 1.x that mean the same. It does no
// I/O: an action that needs some says so with its verdict, and the engine performs it.
package action
