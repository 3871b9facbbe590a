from . import campus_loss_wizard
