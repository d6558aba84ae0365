package imclient

import (
	"context"
	"errors"
	"time"
)

// Send stores a message and answers where it stands. It waits for a connection when there is none, and sends again, with the
// same ClientMsgID, whenever it is not known whether the message was stored or the server asks to try later. It ends with an
// answer, with a refusal for good (*APIError), with ctx, or with the device.
func (d *Device) Send(ctx context.Context, m Outgoing) (Sent, error) {
	if m.ClientMsgID == "" {
		m.ClientMsgID = NewClientMsgID()
	}
	pause := d.o.MinBackoff
	for {
		conn, err := d.connected(ctx)
		if err != nil {
			return Sent{}, err
		}
		var sent Sent
		attempt, cancel := context.WithTimeout(ctx, requestTimeout)
		err = conn.Request(attempt, "message.send", m, &sent)
		cancel()
		if err == nil {
			return sent, nil
		}
		if ctx.Err() != nil {
			return Sent{}, ctx.Err()
		}
		wait := pause
		var refused *APIError
		if errors.As(err, &refused) {
			if !refused.Retryable {
				return Sent{}, err
			}
			wait = max(wait, refused.RetryAfter)
		}
		pause = min(2*pause, d.o.MaxBackoff)
		select {
		case <-ctx.Done():
			return Sent{}, ctx.Err()
		case <-time.After(wait):
		}
	}
}

// connected waits for a connection.
func (d *Device) connected(ctx context.Context) (*Conn, error) {
	for {
		d.mu.Lock()
		conn, ended, changed := d.conn, d.ended, d.changed
		d.mu.Unlock()
		switch {
		case ended != nil:
			return nil, ended
		case conn != nil && conn.Err() == nil:
			return conn, nil
		}
		select { // also when the connection has ended and Run is about to say so
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Conn is the current connection, nil while there is none, for requests that a Device has no method for.
func (d *Device) Conn() *Conn {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.conn
}

func (d *Device) setConn(conn *Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.conn = conn
	d.notify()
}

// notify wakes whoever waits for a change; d.mu is held.
func (d *Device) notify() {
	close(d.changed)
	d.changed = make(chan struct{})
}
