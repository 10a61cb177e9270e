namespace InstructKit.Templating.Syntax;

/// <summary>The special names that a macro's body mentions.</summary>
[Flags]
internal enum MacroNames
{
    None = 0,
    Caller = 1,
    Varargs = 2,
    Kwargs = 4,
}
