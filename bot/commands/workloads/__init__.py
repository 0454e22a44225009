"""What commands on workloads share: finding them, their pods and revisions, previews, marked writes, following."""
