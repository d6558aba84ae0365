package imclient

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"im-backend/common/utils/wire"
)

// live receives until the connection ends or the server's goaway falls due.
func (d *Device) live(ctx context.Context, conn *Conn) (time.Duration, error) {
	var leave <-chan time.Time
	var due time.Time
	for {
		var e Event
		if len(d.queued) > 0 {
			e, d.queued = d.queued[0], d.queued[1:]
		} else {
			select {
			case got, ok := <-conn.Events():
				if !ok {
					return max(time.Until(due), 0), conn.Err()
				}
				e = got
			case <-leave:
				return time.Nanosecond, errGoaway
			case <-ctx.Done():
				return 0, ctx.Err()
			}
		}
		if after, ok := goaway(e); ok {
			due = time.Now().Add(after)
			leave = time.After(after)
			continue
		}
		if err := d.handle(ctx, e); err != nil {
			return 0, err
		}
	}
}

var errGoaway = errors.New("the gateway is going away")

func goaway(e Event) (time.Duration, bool) {
	if e.Type != "goaway" {
		return 0, false
	}
	var data struct{ ReconnectAfterMs int64 }
	_ = json.Unmarshal(e.Data, &data) // without a delay it is due now
	return time.Duration(data.ReconnectAfterMs) * time.Millisecond, true
}

// handle takes one event.
func (d *Device) handle(ctx context.Context, e Event) error {
	switch e.Type {
	case "message":
		var m wire.Message
		if err := json.Unmarshal(e.Data, &m); err != nil {
			return fmt.Errorf("decode message: %w", err)
		}
		return d.ledger.push(ctx, m)
	case "conversation":
		var state wire.ConversationState
		if err := json.Unmarshal(e.Data, &state); err != nil {
			return fmt.Errorf("decode state: %w", err)
		}
		if err := d.ledger.forget(state.ConversationID, state.MinSeq, state.DeletedSeqs); err != nil {
			return err
		}
	case "heads":
		var heads struct {
			Items []struct {
				ConversationID string
				MaxSeq         int64
			}
		}
		if err := json.Unmarshal(e.Data, &heads); err != nil {
			return fmt.Errorf("decode heads: %w", err)
		}
		for _, h := range heads.Items {
			if err := d.ledger.head(ctx, h.ConversationID, h.MaxSeq); err != nil {
				return err
			}
		}
		return nil
	}
	if d.o.OnEvent != nil {
		d.o.OnEvent(e)
	}
	return nil
}
