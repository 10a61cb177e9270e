namespace InstructKit.Cli.Hosting;

/// <summary>Text for humans: data, file names and task files may contain control characters, which are made visible.
/// Our own escapes go to the underlying stream.</summary>
internal sealed class VisibleWriter(TextWriter below) : TextWriter
{
    public override Encoding Encoding => below.Encoding;

    public override void Write(char value) => Write(value.ToString());

    public override void Write(string? value)
    {
        if (value is not null) below.Write(VisibleText.OfLines(value));
    }

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void WriteLine() => below.Write('\n');

    public override void WriteLine(string? value) => Write($"{value}\n");

    public override void Flush() => below.Flush();
}
