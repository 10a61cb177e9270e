using System.Runtime.CompilerServices;
using Spectre.Console;

namespace InstructKit.Cli.Output;

/// <summary>Tables: through Spectre.Console on a terminal, as aligned text elsewhere.</summary>
internal static class TextTable
{
    /// <summary>Writes a table to standard output.</summary>
    public static void Write(Terminal terminal, IReadOnlyList<TableColumn> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        if (terminal.OutputIsTerminal) WriteDrawn(terminal, columns, rows);
        else Write(terminal.Text, columns, rows);
    }

    /// <summary>Writes aligned text, two spaces between the columns and none after the last.</summary>
    public static void Write(TextWriter output, IReadOnlyList<TableColumn> columns, IEnumerable<IReadOnlyList<string>> rows, bool heading = true)
    {
        List<IReadOnlyList<string>> all = heading ? [[.. columns.Select(column => column.Title)], .. rows] : [.. rows];
        var widths = columns.Select((_, i) => all.Count == 0 ? 0 : all.Max(row => row[i].Length)).ToList();
        foreach (var row in all)
        {
            var line = new StringBuilder();
            for (var i = 0; i < columns.Count; i++)
                line.Append(i == 0 ? string.Empty : "  ").Append(columns[i].IsNumber ? row[i].PadLeft(widths[i]) : row[i].PadRight(widths[i]));

            output.WriteLine(line.ToString().TrimEnd());
        }
    }

    // Not inlined: compiling a method that names Spectre's types loads its assembly.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WriteDrawn(Terminal terminal, IReadOnlyList<TableColumn> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var column in columns)
        {
            var drawn = new Spectre.Console.TableColumn(Markup.Escape(column.Title));
            table.AddColumn(column.IsNumber ? drawn.RightAligned() : drawn);
        }

        foreach (var row in rows) table.AddRow([.. row.Select(cell => Markup.Escape(VisibleText.OfLines(cell)))]);

        SpectreConsole.On(terminal.RawText, terminal).Write(table);
    }
}

/// <summary>A column of a table.</summary>
/// <param name="Title">Heading of the column.</param>
/// <param name="IsNumber">True to align it to the right.</param>
internal sealed record TableColumn(string Title, bool IsNumber = false);

/// <summary>Opens Spectre's console on one of our streams.</summary>
internal static class SpectreConsole
{
    /// <summary>A console that writes to a terminal's stream.</summary>
    public static IAnsiConsole On(TextWriter writer, Terminal terminal) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(writer),
        Ansi = AnsiSupport.Yes,
        ColorSystem = terminal.NoColor ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
        Interactive = InteractionSupport.Yes,
    });
}
