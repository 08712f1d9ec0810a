"""What is learned from: data sets, splits, standardisation, batches, targets."""
