"""One network trained the way the published code trains it: rows fetched one by one from a pandas table.

Written anew after Graciosa et al. (2025); it serves to compare CPU seconds, not scores.
"""

import pandas as pd
import torch
from torch.utils.data import DataLoader, Dataset

EPOCHS = 120
HIDDEN = (400, 500)  # as in the published checkpoints
BATCH_SIZE = 16


class TableRows(Dataset):
    """Features and class of one row at a time, by label."""

    def __init__(self, features, classes, n_classes):
        self._table = pd.DataFrame(features).assign(MW_CAT=classes)
        self._inputs = list(self._table.columns[:-1])
        self._n_classes = n_classes

    def __len__(self):
        return len(self._table)

    def __getitem__(self, row):
        features = torch.tensor(self._table.loc[row, self._inputs].to_numpy()).float()
        number = torch.tensor(int(self._table.loc[row, "MW_CAT"]))
        return features, torch.nn.functional.one_hot(number, self._n_classes).float()


def train_reference(features, classes, n_classes, epochs):
    """Train one network for ``epochs`` (the published one for 120)."""
    sizes = (features.shape[1], *HIDDEN, n_classes)
    layers = []
    for n_in, n_out in zip(sizes[:-1], sizes[1:]):
        layers += [torch.nn.Dropout(0.2), torch.nn.Linear(n_in, n_out), torch.nn.ReLU()]
    network = torch.nn.Sequential(*layers[:-1])
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3)
    loss = torch.nn.CrossEntropyLoss()
    loader = DataLoader(TableRows(features, classes, n_classes), batch_size=BATCH_SIZE, shuffle=True)
    for _ in range(epochs):
        for inputs, target in loader:
            optimiser.zero_grad()
            loss(network(inputs), target).backward()
            optimiser.step()
