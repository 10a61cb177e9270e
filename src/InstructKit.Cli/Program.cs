return InstructKit.Cli.Application.Run(args);
