namespace InstructKit.Examples;

/// <summary>The length of an example as a trainer sees it, in tokens or words.</summary>
/// <param name="Input">What the model is given.</param>
/// <param name="Target">What is trained on.</param>
public readonly record struct ExampleLength(int Input, int Target)
{
    /// <summary>Both together.</summary>
    public int Total => Input + Target;
}
