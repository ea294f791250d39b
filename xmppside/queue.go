package xmppside

// piece is how many bytes make a piece of a queue full, and slack how much room there is
// for what makes it so: more than most stanzas are long.
const (
	piece = 64 << 10
	slack = 8 << 10
)

// kept is how many pieces stay for later when nothing is queued any more.
const kept = 16

// A queue is bytes that wait to be written, the oldest first. It grows by pieces, for in
// one that doubles most of what a burst costs is copying.
type queue struct {
	pieces [][]byte // none but the last, to which may be added, is empty
	spare  [][]byte
	size   int
}

// add lets something append to the queue.
func (q *queue) add(write func([]byte) []byte) {
	last := len(q.pieces) - 1
	if last < 0 || len(q.pieces[last]) >= piece {
		q.pieces = append(q.pieces, q.blank())
		last++
	}
	b := q.pieces[last]
	q.size -= len(b)
	b = write(b)
	q.size += len(b)
	q.pieces[last] = b
}

func (q *queue) blank() []byte {
	last := len(q.spare) - 1
	if last < 0 {
		return make([]byte, 0, piece+slack)
	}
	b := q.spare[last]
	q.spare = q.spare[:last]
	return b
}

// take removes the oldest piece of a queue that is not empty. It is the caller's until it
// is given back.
func (q *queue) take() []byte {
	b := q.pieces[0]
	last := copy(q.pieces, q.pieces[1:])
	q.pieces[last] = nil
	q.pieces = q.pieces[:last]
	q.size -= len(b)
	return b
}

// giveBack lets a piece be filled anew. One that had to grow is given up, and with
// nothing queued the burst is over, and so are most of the others.
func (q *queue) giveBack(b []byte) {
	if cap(b) == piece+slack {
		q.spare = append(q.spare, b[:0])
	}
	if q.size == 0 && len(q.spare) > kept {
		clear(q.spare[kept:])
		q.spare = q.spare[:kept]
	}
}
