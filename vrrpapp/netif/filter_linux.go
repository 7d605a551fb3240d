package netif

import (
	"fmt"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// filter is the program that drops the packets of foreign virtual routers in the kernel. It looks at nothing else: what
// is wrong with a packet of our own router must be counted, so it must arrive. Nothing is filtered for an empty set that
// is not turned around; then there is no program.
//
// The VRID is the second byte of the message. A raw IPv4 socket shows the filter the IP header too, an IPv6 one does not.
func filter(v6 bool, set VRIDs, others bool) []bpf.Instruction {
	if set == (VRIDs{}) {
		return nil
	}
	vrid := bpf.Instruction(bpf.LoadIndirect{Off: 1, Size: 1})
	if v6 {
		vrid = bpf.LoadAbsolute{Off: 1, Size: 1}
	}
	// M[0] = VRID, M[1] = 1 << VRID%32
	program := []bpf.Instruction{
		bpf.LoadMemShift{Off: 0}, // X = length of the IPv4 header
		vrid,
		bpf.StoreScratch{Src: bpf.RegA, N: 0},
		bpf.ALUOpConstant{Op: bpf.ALUOpAnd, Val: 31},
		bpf.TAX{},
		bpf.LoadConstant{Dst: bpf.RegA, Val: 1},
		bpf.ALUOpX{Op: bpf.ALUOpShiftLeft},
		bpf.StoreScratch{Src: bpf.RegA, N: 1},
		bpf.LoadScratch{Dst: bpf.RegX, N: 1},
	}
	in, out := bpf.RetConstant{Val: 1 << 16}, bpf.RetConstant{Val: 0}
	if others {
		in, out = out, in
	}
	for i, word := range set {
		program = append(program,
			bpf.LoadScratch{Dst: bpf.RegA, N: 0},
			bpf.ALUOpConstant{Op: bpf.ALUOpShiftRight, Val: 5},
			bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: uint32(i), SkipTrue: 5},
			bpf.LoadConstant{Dst: bpf.RegA, Val: word},
			bpf.ALUOpX{Op: bpf.ALUOpAnd},
			bpf.JumpIf{Cond: bpf.JumpEqual, Val: 0, SkipTrue: 1},
			in,
			out,
		)
	}
	return append(program, out)
}

// refuseAll is for sockets that only send.
var refuseAll = []bpf.Instruction{bpf.RetConstant{Val: 0}}

// attach sets or replaces the filter of a socket.
func attach(fd int, program []bpf.Instruction) error {
	if program == nil {
		err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DETACH_FILTER, 0)
		if err == unix.ENOENT {
			return nil
		}
		return err
	}
	raw, err := bpf.Assemble(program)
	if err != nil {
		return err
	}
	insns := make([]unix.SockFilter, len(raw))
	for i, r := range raw {
		insns[i] = unix.SockFilter{Code: r.Op, Jt: r.Jt, Jf: r.Jf, K: r.K}
	}
	prog := unix.SockFprog{Len: uint16(len(insns)), Filter: &insns[0]}
	if err := unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &prog); err != nil {
		return fmt.Errorf("attach filter: %w", err)
	}
	return nil
}
