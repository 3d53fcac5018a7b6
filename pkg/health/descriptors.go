package health

import "fmt"

// DescriptorNode holds the numbers of one node's file descriptors and sockets, in use and allowed.
type DescriptorNode struct {
	Name                                             string
	Running                                          bool
	FilesUsed, FilesTotal, SocketsUsed, SocketsTotal Reading
}

// FileDescriptors judges every node's file descriptors, and its sockets if the release counts them: 4.x reports a total
// of 0 sockets, which means that it does not count them. If nodes is empty, the verdict is UNKNOWN.
func FileDescriptors(nodes []DescriptorNode, limits Portions) Result {
	var phrases []phrase
	var figures []Figure
	judge := func(n DescriptorNode, what, label string, used, total Reading) {
		if !used.Known || !total.Known || total.Value <= 0 {
			phrases = append(phrases,
				phrase{Unknown, fmt.Sprintf("%s does not report its %s: it has just started, or its statistics are off", n.Name,
					what)})
			return
		}
		l := limits.Limits(total.Value)
		phrases = append(phrases, phrase{l.Judge(used.Value),
			fmt.Sprintf("%s %s of %s %s in use (%s)", n.Name, number(used.Value), number(total.Value), what,
				percent(used.Value, total.Value))})
		figures = append(figures, l.Figure(n.Name+"_"+label+"_used", used.Value, ""), Figure{Label: n.Name + "_" + label +
			"_total", Value: total.Value})
	}
	for _, n := range nodes {
		if !n.Running {
			phrases = append(phrases, uncounted([]string{n.Name}, "its file descriptors are")...)
			continue
		}
		judge(n, "file descriptors", "fd", n.FilesUsed, n.FilesTotal)
		if n.SocketsTotal.Known && n.SocketsTotal.Value > 0 {
			judge(n, "sockets", "sockets", n.SocketsUsed, n.SocketsTotal)
		}
	}
	r := worstFirst(phrases, "the broker listed no nodes")
	r.Figures = figures
	return r
}

// Descriptors returns the node in the form that FileDescriptors judges.
func (n Node) Descriptors() DescriptorNode {
	return DescriptorNode{Name: n.Name, Running: n.Running,
		FilesUsed: n.FilesUsed, FilesTotal: n.FilesTotal, SocketsUsed: n.SocketsUsed, SocketsTotal: n.SocketsTotal}
}
