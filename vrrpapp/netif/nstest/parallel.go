package nstest

import (
	"flag"
	"strconv"
)

// Parallel lets tests run so many at a time unless -parallel says otherwise: in namespaces they wait most of their time, and
// there may be more of them than processors. It is for TestMain.
func Parallel(tests int) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		flag.Set("test.parallel", strconv.Itoa(tests))
	}
}
