package frame

import (
	"bytes"
	"math"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/jsonscan"
)

// maxFaults is how many faults of a request are named, so that no answer is much larger than what it answers.
const maxFaults = 16

// decoder collects the faults of a request's data. In JSON null stands for an absent member.
type decoder struct {
	faults []errs.Field
}

func (d *decoder) fault(field, message string) {
	if len(d.faults) < maxFaults {
		d.faults = append(d.faults, errs.Field{Field: field, Message: message})
	}
}

func (d *decoder) err() error {
	if len(d.faults) > 0 {
		return errs.InvalidFields(d.faults...)
	}
	return nil
}

// each visits the members of an object that are not null; an absent object has none.
func (d *decoder) each(object []byte, visit func(key, value []byte)) {
	if len(object) == 0 {
		return
	}
	for key, value := range jsonscan.Members(object) {
		if !jsonscan.IsNull(value) {
			visit(key, value)
		}
	}
}

func (d *decoder) text(key string, value []byte) string {
	s, ok := text(value)
	if !ok {
		d.fault(key, "must be a string")
	}
	return s
}

func (d *decoder) integer(key string, value []byte) int64 {
	n, ok := jsonscan.Integer(value)
	if !ok {
		d.fault(key, "must be an integer")
	}
	return n
}

func (d *decoder) truth(key string, value []byte) bool {
	switch string(value) {
	case "true":
		return true
	case "false":
	default:
		d.fault(key, "must be true or false")
	}
	return false
}

// count is an integer that an RPC carries in 32 bits; what does not fit is out of every range anyway.
func (d *decoder) count(key string, value []byte) int32 {
	n := d.integer(key, value)
	return int32(max(math.MinInt32, min(math.MaxInt32, n)))
}

func (d *decoder) id(key string, value []byte) int64 {
	s := d.text(key, value)
	id, err := model.ParseID(s)
	if err != nil {
		d.fault(key, "is not an id")
	}
	return id
}

// ids is an array of ids.
func (d *decoder) ids(key string, value []byte) []int64 {
	if !jsonscan.IsArray(value) {
		d.fault(key, "must be an array")
		return nil
	}
	var out []int64
	for v := range jsonscan.Elements(value) {
		out = append(out, d.id(key, v))
	}
	return out
}

// object is a copy of a JSON object's bytes: the message outlives the frame that it came in.
func (d *decoder) object(key string, value []byte) []byte {
	if !jsonscan.IsObject(value) {
		d.fault(key, "must be an object")
		return nil
	}
	return bytes.Clone(value)
}

func (d *decoder) texts(key string, value []byte) []string {
	if !jsonscan.IsArray(value) {
		d.fault(key, "must be an array")
		return nil
	}
	var out []string
	for v := range jsonscan.Elements(value) {
		out = append(out, d.text(key, v))
	}
	return out
}

func (d *decoder) objects(key string, value []byte, visit func(object []byte)) {
	if !jsonscan.IsArray(value) {
		d.fault(key, "must be an array")
		return
	}
	for v := range jsonscan.Elements(value) {
		if !jsonscan.IsObject(v) {
			d.fault(key, "must hold objects")
			return
		}
		visit(v)
	}
}

// text is the text of a value that has to be a string; a copy, as what is read outlives the frame.
func text(value []byte) (string, bool) {
	s, ok := jsonscan.Text(value)
	return string(s), ok
}
