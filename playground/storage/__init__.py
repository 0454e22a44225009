"""The practice storage node: an ssh server that answers as the helper on a CephFS node does, without root or Ceph."""
