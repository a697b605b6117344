<?php echo $_GET["q"] ?? "nothing to find";
