namespace InstructKit.Tests.Readme;

/// <summary>A command in the README with its documented output.</summary>
internal sealed record CommandBlock(string Command, string Expected)
{
    /// <summary>The <c>console</c> blocks of a page: a line with <c>$</c>, then the output.</summary>
    public static List<CommandBlock> ReadAll(string page)
    {
        List<CommandBlock> blocks = [];
        var lines = page.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i] != "```console") continue;

            var command = lines[++i];
            Xunit.Assert.StartsWith("$ ", command, StringComparison.Ordinal);
            List<string> output = [];
            while (lines[++i] != "```") output.Add(lines[i]);

            blocks.Add(new CommandBlock(command[2..], string.Concat(output.Select(line => line + "\n"))));
        }

        return blocks;
    }
}
