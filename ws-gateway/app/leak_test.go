package app

import (
	"testing"

	"go.uber.org/goleak"
)

func TestNothingIsLeftOfAStoppedGateway(t *testing.T) { //nolint:paralleltest // it looks at all goroutines of the process
	before := goleak.IgnoreCurrent()
	t.Run("gateway", func(t *testing.T) {
		w := newWorld(t, 2, nil)
		w.member(1, "g:1", 1, 1)
		c := w.connect("1", "1")
		c.pipeline("m", `"groupId":"1"`, 20)
		c.send(`{"id":"y","type":"sync"}`)
		c.next()
		w.stream().push(roomEntry("g:1", 2), roomEntry("g:1", 9))
		w.connect("2", "2")
	})
	goleak.VerifyNone(t, before,
		goleak.IgnoreTopFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreTopFunction("net/http.(*persistConn).writeLoop"))
}
