using Spectre.Console;

namespace InstructKit.Cli.Output;

/// <summary>Opens Spectre's console on one of our streams.</summary>
internal static class SpectreConsole
{
    /// <summary>A console that writes to a stream on which people look.</summary>
    public static IAnsiConsole On(TextWriter writer, Terminal terminal) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(writer),
        Ansi = AnsiSupport.Yes,
        ColorSystem = terminal.NoColor ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
        Interactive = InteractionSupport.Yes,
    });
}
