//go:build !linux

package track

import "errors"

func processNews() (<-chan news, func(), error) {
	return nil, nil, errors.New("only Linux tells of processes")
}
