return InstructKit.Cli.Cli.Run(args);
