"""What tests of this folder share."""

from tests.smartregion.doctor import data_folder, owner_runs_doctor, production, running

__all__ = ["data_folder", "owner_runs_doctor", "production", "running"]
